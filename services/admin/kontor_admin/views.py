"""The shape of the admin's copy, put together from what its features bring: tables, indexes, the functions of its pages."""

from kontor_admin.features import FEATURES
from kontor_edge.feature import panels, shape_of

SHAPE = shape_of("admin", FEATURES, {
    "panels:board": panels(FEATURES, "board", merchant="r.merchant_id", today="r.today"),
    "panels:customer": panels(FEATURES, "customer", merchant="c.merchant_id", today="r.today", id="c.id"),
})  # fmt: skip
