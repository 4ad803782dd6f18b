"""Whom something concerns, as a part of the statement that tells them."""

from app.accounts.permissions import Role

# Doctors, and who keeps a place: what is theirs concerns them. Who may only book a
# place is not told what others book there.
_STAND_FOR = (Role.DOCTOR, Role.LOCATION_OWNER, Role.LOCATION_MANAGER)
_NAMED = ", ".join(f"'{role.value}'" for role in _STAND_FOR)

# The users, as `user_id`, that a row `a` concerns: itself names a user, resources, and
# a role at its facility and department. Who did it knows already.
AUDIENCE = f"""
SELECT c.user_id FROM (
    SELECT a.user_id
    UNION SELECT r.user_id FROM role_assignments AS r
      WHERE r.resource_id = ANY (a.resource_ids) AND r.role IN ({_NAMED})
    UNION SELECT r.user_id FROM role_assignments AS r
      WHERE r.role = a.role AND (
        r.facility_id = a.facility_id OR r.department_id = a.department_id
        OR num_nonnulls(r.facility_id, r.department_id, r.resource_id) = 0)
  ) AS c JOIN users AS u ON u.id = c.user_id
WHERE u.active AND u.id IS DISTINCT FROM a.actor_id
"""  # noqa: S608 - made of constants
