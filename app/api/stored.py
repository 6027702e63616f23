"""The tables as SQLAlchemy Core knows them: lists select columns and make no objects of rows."""

from app.db.tables import metadata

dataset = metadata.tables["dataset"]
sources = metadata.tables["sources"]
articles = metadata.tables["articles"]
article_bands = metadata.tables["article_bands"]
article_sketches = metadata.tables["article_sketches"]
removed_articles = metadata.tables["removed_articles"]
article_authors = metadata.tables["article_authors"]
entities = metadata.tables["entities"]
entity_aliases = metadata.tables["entity_aliases"]
entity_roles = metadata.tables["entity_roles"]
article_entities = metadata.tables["article_entities"]
mentions = metadata.tables["mentions"]
attributions = metadata.tables["attributions"]
quotes = metadata.tables["quotes"]
quote_about = metadata.tables["quote_about"]
claims = metadata.tables["claims"]
claim_about = metadata.tables["claim_about"]
entity_redirects = metadata.tables["entity_redirects"]
unnamed_sources = metadata.tables["unnamed_sources"]
