"""Start the app: ``streamlit run app.py`` (or ``make app``, which installs what it needs first)."""

from wetland.ui.main import run

if __name__ == "__main__":  # a process that it starts for a large file runs this file anew
    run()
