"""Layout, components, styles, scripts, translations and forms that portal and admin share."""
