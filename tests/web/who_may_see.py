"""Who may see what, as a table: every endpoint stands here with the roles that it is for.

`tests/web/test_access.py` walks all routes as everybody and holds the application against it.
"""

PUBLIC = "public"
EVERYBODY = "agent lead team sponsor finance admin"
SUPERVISORS = "lead team sponsor finance admin"

WHO_MAY_SEE = {
    # the way in, and what machines ask
    "everyone.healthz": PUBLIC,
    "everyone.link": PUBLIC,
    "everyone.login": PUBLIC,
    "everyone.logout": PUBLIC,
    "everyone.readyz": PUBLIC,
    "everyone.setup": PUBLIC,
    "htmx": PUBLIC,
    # one's own
    "everyone.account": EVERYBODY,
    "everyone.home": EVERYBODY,
    "everyone.password": EVERYBODY,
    "everyone.theme": EVERYBODY,
    "everyone.wear_role": EVERYBODY,
    # reasons and their ranking
    "everyone.ranking": EVERYBODY,
    "everyone.ranking_csv": EVERYBODY,
    "everyone.reason": EVERYBODY,
    "everyone.reason_add": "lead team admin",
    "everyone.reason_change": "lead team admin",
    "everyone.reason_value_map": "lead team admin",
    "everyone.reasons": EVERYBODY,
    # contacts
    "lead.contact": SUPERVISORS,
    "lead.contact_further": "lead",
    "lead.contact_reason": "lead",
    "lead.contacts": SUPERVISORS,
    "lead.contacts_csv": SUPERVISORS,
    "lead.inbox": "lead",
    "lead.inbox_contact": "lead",
    "lead.inbox_further": "lead",
    "lead.inbox_tag": "lead",
    "lead.inbox_undo": "lead",
    # initiatives, and what came of them
    "team.initiative": SUPERVISORS,
    "team.initiative_edit": "team",
    "team.initiative_move": "team sponsor finance",
    "team.initiative_new": "team",
    "team.initiative_projection": SUPERVISORS,
    "team.initiative_projection_csv": SUPERVISORS,
    "team.initiative_projection_new": "team",
    "team.initiative_series": SUPERVISORS,
    "team.initiative_series_csv": SUPERVISORS,
    "team.initiatives": SUPERVISORS,
    "team.initiatives_csv": SUPERVISORS,
    # the savings page and the ask
    "sponsor.ask": SUPERVISORS,
    "sponsor.ask_agree": "sponsor",
    "sponsor.ask_director_add": "team",
    "sponsor.ask_director_remove": "team",
    "sponsor.ask_make": "team",
    "sponsor.savings": SUPERVISORS,
    "sponsor.savings_csv": SUPERVISORS,
    "sponsor.savings_month": SUPERVISORS,
    # the weekly meeting
    "team.meeting": SUPERVISORS,
    "team.meeting_action_add": "lead team",
    "team.meeting_action_done": "lead team",
    "team.meeting_decision_add": "lead team",
    "team.meetings": SUPERVISORS,
    # settings
    "admin.audit": "admin",
    "admin.audit_csv": "admin",
    "admin.closed_day_add": "admin",
    "admin.closed_day_remove": "admin",
    "admin.department": "admin",
    "admin.department_retire": "admin",
    "admin.department_use_again": "admin",
    "admin.departments": "admin",
    "admin.goal": "finance admin",
    "admin.holidays_close": "admin",
    "admin.opening_days": "admin",
    "admin.opening_weekdays": "admin",
    "admin.people": "admin",
    "admin.person": "admin",
    "admin.person_disable": "admin",
    "admin.person_enable": "admin",
    "admin.person_link": "admin",
    "admin.person_new": "admin",
    "admin.rates": "finance admin",
    "admin.settings": "finance admin",
}
