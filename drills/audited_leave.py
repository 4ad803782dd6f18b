"""What the auditor counts about leave over bookings, in SQL of its own."""

from collections.abc import Mapping

# Views of the auditor's connection alone; they go with it.
VIEWS = (
    # Leave that stands, and whom it takes away when.
    """
      CREATE OR REPLACE TEMP VIEW away AS
      SELECT c.id, c.resource_id, x.during FROM cascades c
      JOIN availability_exceptions x ON x.public_id = ANY (c.sources)
      WHERE x.revoked_at IS NULL
    """,
    # Who is promised which time of whom, by a claim of their own or by their slot.
    """
      CREATE OR REPLACE TEMP VIEW promised AS
      SELECT a.id, a.status, b.resource_id, b.during FROM appointments a
      JOIN booking_resources b
      ON b.appointment_id = a.id OR b.token_slot_id = a.token_slot_id
      WHERE b.active AND a.status IN ('requested', 'scheduled', 'checked_in')
    """,
    """
      CREATE OR REPLACE TEMP VIEW proposed AS
      SELECT p.*, i.cascade_id, i.fate, i.order_id, c.undone_at,
        h.status AS hold_is
      FROM cascade_proposals p JOIN cascade_items i ON i.id = p.item_id
      JOIN cascades c ON c.id = i.cascade_id
      JOIN appointments h ON h.id = p.hold_id
    """,
)

UNDONE = "ordered and not done"

FAULTS: Mapping[str, str] = {
    # Who lies in leave is somebody's to settle: of the leave, and on the register.
    "forgotten in leave": """
      SELECT w.id, p.id, p.status FROM away w JOIN promised p
      ON p.resource_id = w.resource_id AND p.during && w.during
      WHERE NOT EXISTS (
        SELECT FROM cascade_items i JOIN away o ON o.id = i.cascade_id
        WHERE i.appointment_id = p.id AND i.fate IN ('waiting', 'stays')
        AND o.resource_id = w.resource_id)
      OR NOT EXISTS (
        SELECT FROM resource_conflicts k
        WHERE k.appointment1_id = p.id AND k.resource_id = p.resource_id
        AND k.type = 'MAINTENANCE_OVERLAP' AND k.during && w.during
        AND k.status IN ('UNRESOLVED', 'OVERRIDE_APPROVED'))
    """,
    "settled only in name": """
      WITH told AS (
        SELECT i.*, EXISTS (
          SELECT FROM proposed p WHERE p.item_id = i.id AND p.status = 'taken'
        ) AS took, EXISTS (
          SELECT FROM rebookings r WHERE r.appointment_id = i.appointment_id
        ) AS waits
        FROM cascade_items i
      )
      SELECT id, fate FROM told
      WHERE CASE fate WHEN 'moved' THEN NOT took WHEN 'listed' THEN NOT waits
        WHEN 'returned' THEN NOT (took OR waits) ELSE took END
    """,
    UNDONE: """
      SELECT id, order_id, fate FROM cascade_items WHERE order_id IS NOT NULL
    """,
    # What was held for somebody is let go as soon as they are settled.
    "proposals not let go": """
      SELECT p.id, p.status, p.fate FROM proposed p
      WHERE p.hold_is = 'held' AND p.order_id IS NULL AND (
        p.status <> 'open' OR p.fate <> 'waiting' OR p.undone_at IS NOT NULL)
      UNION ALL
      SELECT a.id, a.status, 'held for nobody' FROM appointments a
      WHERE a.channel = 'cascade' AND a.status = 'held'
      AND NOT EXISTS (SELECT FROM proposed p WHERE p.hold_id = a.id)
    """,
    "undone and not over": """
      SELECT c.id, 'still away' FROM cascades c JOIN away w ON w.id = c.id
      WHERE c.undone_at IS NOT NULL
      UNION ALL
      SELECT p.cascade_id, 'claim ' || b.id FROM proposed p
      JOIN booking_resources b ON b.appointment_id = p.hold_id
      WHERE p.undone_at IS NOT NULL AND b.active
    """,
}
