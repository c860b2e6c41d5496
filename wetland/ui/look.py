"""The look of the app: one style sheet, the language of the page, the icon."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from wetland.base.texts import Lang

ICON = Path(__file__).parent / "icon.png"
PHONE_PX = 640

_STYLE = """
<style>
.stMainBlockContainer { padding-top: 3.4rem; padding-bottom: 3rem; max-width: 1500px; }
.stMainBlockContainer h1 { font-size: 1.55rem; padding: 0 0 .2rem; }
.stMainBlockContainer h2 { font-size: 1.2rem; }
.stMainBlockContainer h3 { font-size: 1.05rem; }
[data-testid="stSidebarHeader"] { height: 2.6rem; margin-bottom: 0; padding-bottom: 0; }
[class*="st-key-card-"] { border-left: 5px solid #B9C6C4; }
[class*="st-key-card-broken"] { border-left-color: #B00040; }
[class*="st-key-card-undecided"] { border-left-color: #4A1486; }
[class*="st-key-card-not_covered"] { border-left-color: #8A6D00; }
[class*="st-key-card-applies"] { border-left-color: #0072B2; }
[class*="st-key-card-"] p { margin-bottom: .2rem; }
.st-key-banner { background: #FFF4D6; border: 1px solid #E4C76B; border-radius: 8px;
  padding: .35rem .8rem; }
.st-key-banner-strict { background: #EEF3F2; border: 1px solid #C9D6D3; border-radius: 8px;
  padding: .35rem .8rem; }
.st-key-banner p, .st-key-banner-strict p { margin: 0; font-size: .88rem; }
.st-key-tabs { display: none; }
.wl-legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .8rem;
  align-items: center; color: #33423f; }
.wl-legend span.k { display: inline-flex; align-items: center; gap: .35rem; }
.wl-legend i { display: inline-block; }
iframe[title="streamlit_folium.st_folium"] { border: 1px solid #C9D6D3; border-radius: 8px; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3rem .8rem 5.5rem; }
  .st-key-tabs { display: block; }
  .stMainBlockContainer h1 { font-size: 1.3rem; }
}
@media (min-width: 641px) { [data-testid="stBottom"] { display: none; } }
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stBottom"] { display: none; }
  .stMainBlockContainer { padding-top: 0; }
}
</style>
"""

_HTML_LANG: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}


def apply(lang: Lang) -> None:
    """Put the style sheet on the page and tell the browser which language it reads."""
    st.html(_STYLE)
    st.html(
        f"<script>document.documentElement.lang = '{_HTML_LANG[lang]}';</script>",
        unsafe_allow_javascript=True,
    )
