"""A masked user's desk shows what the owner's desk shows: its own masks change nothing of the server's."""

from mapdesk.services import cameras, residents
from mapdesk.store import places
from tests.store.test_server_attacks import owner_says, raw_people


def test_the_services_answer_an_analyst_as_they_answer_the_owner(rights_town):
    person = next(row for row in raw_people(rights_town) if row[2])
    with rights_town.store("keeper") as owner, rights_town.store("analyst") as analyst:
        answers = []
        for store in (owner, analyst):
            access = store.identity.having("comparing desks")
            found = residents.find_people(store, access, person[1], limit=50)
            answers.append(
                (
                    residents.people_of_building(store, access, person[5]),
                    residents.households_of_building(store, access, person[5]),
                    residents.home_of(store, access, person[0]),
                    sorted(found, key=lambda row: row["id"]),
                    places.counts(store)["person"],
                )
            )
    assert answers[0] == answers[1]
    assert answers[0][0] and answers[0][3] and answers[0][4] > 2000


def test_a_camera_opens_for_an_analyst_with_its_look_on_record(rights_town):
    camera = owner_says(
        rights_town, "SELECT id FROM mapdesk.camera WHERE main_stream LIKE 'rtsp%%' ORDER BY id"
    )
    with rights_town.store("keeper") as owner:
        if not camera:
            first = owner_says(rights_town, "SELECT id FROM mapdesk.camera ORDER BY id LIMIT 1")
            camera = owner_says(
                rights_town,
                "UPDATE mapdesk.camera SET main_stream = 'rtsp://try/1' WHERE id = %s RETURNING id",
                first[0][0],
            )
        wanted = cameras.open_cameras(owner, owner.identity.having("watching"), [camera[0][0]])
    with rights_town.store("analyst") as store:
        assert (
            cameras.open_cameras(store, store.identity.having("watching"), [camera[0][0]]) == wanted
        )


def test_the_first_thing_asked_is_counted_whole(rights_town):
    person = next(row for row in raw_people(rights_town) if row[2])
    with rights_town.store("keeper") as owner:
        grid = places.row(owner, "building", person[5])["grid_id"]
    asked = (
        lambda store, access: residents.people_of_grid(store, access, grid),
        lambda store, access: residents.people_of_area(store, access, [person[5]]),
    )
    for ask in asked:
        pages = []
        for name in ("keeper", "analyst"):
            with rights_town.store(name) as store:
                pages.append(ask(store, store.identity.having("comparing desks")))
        assert pages[0] == pages[1]
        assert pages[1].count >= len(pages[1].rows) > 0
