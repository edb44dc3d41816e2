"""SQLAlchemy's dialect postgresql+puff. These run inside Puff: see test_inside.py. The default pool
has ten connections."""

import uuid

import pytest
from greenlet import getcurrent
from sqlalchemy import ForeignKey, create_engine, event, func, make_url, select, text
from sqlalchemy.dialects.postgresql import JSONB, NUMRANGE, Range
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.pool import NullPool

import puff
import puff.contrib.sqlalchemy  # the dialect, where Puff is not installed as a package
from puff import _puff


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "sa_shelf"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    facts: Mapped[dict] = mapped_column(JSONB, default=dict)
    prices: Mapped[Range | None] = mapped_column(NUMRANGE)
    books: Mapped[list["Book"]] = relationship(back_populates="shelf")


class Book(Base):
    __tablename__ = "sa_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    shelf_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sa_shelf.id"))
    shelf: Mapped[Shelf] = relationship(back_populates="books")


@pytest.fixture
def engine():
    made = create_engine("postgresql+puff:///global")
    Base.metadata.create_all(made)
    yield made
    Base.metadata.drop_all(made)


def of_ones_own():
    """The URL of the pool's server, without the pool."""
    words = _puff.pg_parse_conninfo(_puff.pg_pool_conninfo("default"))
    return make_url("postgresql+puff://").set(
        username=words["user"],
        host=words["host"],
        port=int(words["port"]),
        database=words["dbname"],
    )


def test_objects_make_the_round_trip(engine):
    with Session(engine) as session, session.begin():
        shelf = Shelf(name="upper", facts={"wood": ["oak", None]}, prices=Range(1, 5))
        shelf.books = [Book(title=f"volume {n}") for n in range(50)]
        session.add(shelf)
    with Session(engine) as session:
        found = session.scalars(select(Shelf).where(Shelf.facts["wood"][0].astext == "oak")).one()
        assert found.facts == {"wood": ["oak", None]}
        assert found.prices == Range(1, 5)
        assert isinstance(found.id, uuid.UUID)
        assert [book.title for book in found.books] == [f"volume {n}" for n in range(50)]
        assert session.scalar(select(func.count()).select_from(Book)) == 50


def test_a_fault_of_the_statement_has_its_class_and_is_rolled_back(engine):
    with Session(engine) as session:
        session.add_all([Shelf(name="twice"), Shelf(name="twice")])
        with pytest.raises(IntegrityError) as raised:
            session.commit()
        assert raised.value.orig.pgcode == "23505"
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Shelf)) == 0


def test_many_greenlets_share_the_pool(engine):
    assert engine.pool.__class__ is NullPool

    def work(number):
        with engine.connect() as connection:
            return connection.scalar(text("SELECT :n FROM pg_sleep(0.01)"), {"n": number})

    results = puff.join_all([puff.spawn(work, n) for n in range(40)])
    assert results == list(range(40))


def test_a_scoped_session_is_one_for_each_greenlet(engine):
    sessions = scoped_session(sessionmaker(engine), scopefunc=getcurrent)

    def work():
        mine = sessions()
        puff.sleep_ms(5)
        same = sessions() is mine
        pid = mine.scalar(text("SELECT pg_backend_pid() FROM pg_sleep(0.02)"))
        sessions.remove()
        return same, pid

    outcomes = puff.join_all([puff.spawn(work) for _ in range(5)])
    assert all(same for same, _ in outcomes)
    assert len({pid for _, pid in outcomes}) == 5


def test_rows_are_streamed_from_the_server(engine):
    with engine.connect().execution_options(stream_results=True, max_row_buffer=100) as connection:
        rows = connection.execute(text("SELECT generate_series(1, 5000)"))
        assert sum(row[0] for row in rows) == 5000 * 5001 // 2


@pytest.mark.parametrize("url", ["postgresql+puff:///global", "own"])
def test_a_lost_connection_is_told_and_replaced(engine, url):
    one = create_engine(of_ones_own() if url == "own" else url)
    lost = []
    event.listen(one, "handle_error", lambda context: lost.append(context.is_disconnect))
    with one.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            assert other.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text("SELECT 1"))
        assert isinstance(raised.value, OperationalError)
        assert raised.value.connection_invalidated
        connection.rollback()
        assert connection.scalar(text("SELECT pg_backend_pid()")) != pid
    assert lost == [True]


def test_isolation_levels_are_set(engine):
    for level in ("SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED"):
        with engine.connect().execution_options(isolation_level=level) as connection:
            assert connection.scalar(text("SHOW transaction_isolation")) == level.lower()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM sa_shelf"))
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"
