-- The oldest migration that a version of Connectra has to know to run on the database after this one. Null: this one itself. See
-- "A rolling update" in CONTRIBUTING.md.
ALTER TABLE migrations ADD COLUMN compatible_with text;
