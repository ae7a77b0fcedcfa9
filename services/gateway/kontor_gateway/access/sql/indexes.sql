CREATE UNIQUE INDEX merchant_slug ON merchant (slug) WHERE NOT deleted
