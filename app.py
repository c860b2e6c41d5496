"""Start the app: ``streamlit run app.py`` (or ``make app``, which installs what it needs first)."""

from wetland.ui.main import run

run()
