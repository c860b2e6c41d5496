"""The look of the app: one style sheet, the language of the page, the icon."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from wetland.base.texts import Lang

ICON = Path(__file__).parent / "icon.png"

_STYLE = """
<style>
.stMainBlockContainer { padding: 3rem 2.2rem 3rem; max-width: 1560px; }
[data-testid="stSidebar"] { width: 262px !important; min-width: 262px !important; }
[class*="st-key-sticky"] { position: sticky; top: 3.2rem; }
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
.st-key-banner > :first-child, .st-key-banner-strict > :first-child { flex: 1 1 20rem; }
.st-key-banner [data-testid="stMarkdownContainer"],
.st-key-banner-strict [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
.st-key-head { flex-wrap: nowrap; }
.st-key-head > :first-child { flex: 1 1 0; min-width: 0; }
.st-key-head > :last-child { flex: 0 0 auto; width: auto !important; }
.st-key-banner p, .st-key-banner-strict p { margin: 0; font-size: .88rem; }
[data-testid="stBottomBlockContainer"] { padding: .2rem .4rem .4rem; }
[data-testid="stMetricValue"] { font-size: 1.5rem; }
.st-key-tabs { flex-wrap: nowrap; gap: 0; }
.st-key-tabs > div { flex: 1 1 0; width: auto !important; }
.st-key-tabs a { flex-direction: column; gap: 0; padding: .15rem 0; align-items: center; }
.st-key-tabs a p { font-size: .67rem; white-space: nowrap; }
.wl-legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; font-size: .8rem;
  align-items: center; color: #33423f; }
.wl-legend span.k { display: inline-flex; align-items: center; gap: .35rem; }
.st-key-banner-synthetic { background: #F3ECFA; border: 1px solid #C9B3E0; border-radius: 8px;
  padding: .35rem .8rem; }
.st-key-banner-synthetic p { margin: 0; font-size: .88rem; }
.st-key-banner-synthetic [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[class*="st-key-"][class*="-tiles"] { align-items: stretch; }
[class*="st-key-"][class*="-tiles"] > div { flex: 1 1 150px; min-width: 0; height: auto; }
[class*="-tiles"] [data-testid="stMetricValue"] { font-size: 1.3rem; }
[class*="-tiles"] [data-testid="stMetricValue"] *,
[class*="-tiles"] [data-testid="stMetricLabel"] * { white-space: normal; overflow: visible; }
.st-key-water-card p, .st-key-birds-card p { margin-bottom: .15rem; }
.wl-said { display: grid; grid-template-columns: 3rem 5.6rem 1fr; gap: .2rem .6rem;
  align-items: start; padding: .3rem 0; border-bottom: 1px solid #E8ECEB; font-size: .9rem; }
.wl-said small { display: block; color: #5F6E6A; }
.wl-legend i { display: inline-block; }
.wl-sign { background: #101A17; border-radius: 8px; padding: .5rem .9rem; max-width: 46rem; }
.wl-sign div { display: flex; flex-wrap: wrap; gap: .1rem 1.6rem; padding: .22rem 0;
  color: #8FE388; font-family: monospace; font-size: .95rem; border-bottom: 1px solid #22332E; }
.wl-sign div:last-child { border-bottom: 0; }
.wl-sign span { flex: 1 1 15rem; }
.wl-sign .s-full, .wl-sign .s-closed { color: #FF8B7B; }
.wl-sign .s-no_data { color: #E8D48A; }
iframe[title="streamlit_folium.st_folium"] { border: 1px solid #C9D6D3; border-radius: 8px; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3rem .8rem 5.5rem; }
  .stMainBlockContainer h1 { font-size: 1.3rem; }
}
@media (min-width: 641px) { [data-testid="stBottom"], .st-key-short { display: none; } }
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
