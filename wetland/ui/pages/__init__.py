"""The pages of the app, one module each with ``render()``; `wetland.ui.navigation` lists them."""
