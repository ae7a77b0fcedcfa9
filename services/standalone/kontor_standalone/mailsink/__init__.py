"""The mail sink of development: takes every mail by SMTP, shows it on a page, sends nothing on."""
