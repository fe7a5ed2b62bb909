"""The marginal risk evidence map: BibTeX + coding sheet -> checked records -> tables -> pages.

::

    src/marginal_risk/
      problems.py          what is wrong with the data: file, line, rule, message, mend
      records.py           what one valid record is; every field with its description
      screening_records.py  what a search and a decision on a study found are, field by field
      rows.py              a record with the place where it stood
      git.py               what git is asked
      read/                text -> rows and problems; knows no table and no page
        bibliography/      BibTeX: entries, what they inherit, names, dates, LaTeX
      check/               rows -> problems across records; read_corpus reads and checks all
      store/               checked records -> a database, all of it or nothing
        tables/            what is stored, made from the records
        views/             the questions the database answers, one SQL file each
        postgresql/        the same tables and views on a server
      publish/             the site: a Datasette plugin that reads the views and nothing else
        queries/           plain functions on a sqlite3 connection
        pages/             one page each, named as its address
        figures/           the map and its numbers as pictures
        formats/           references in the formats of reference managers
        frozen/            a copy of the site as files that need no server
        guard/             what stands between strangers and the site: bounds and headers
        templates/         HTML: they loop and print
        static/            style sheets, and a script for Datasette's own pages
      contribute/          what people bring to the data, and what it would change
        coding/            the coding of one study, from answers to lines of the files
        form/              the form at /contribute: a second Datasette plugin
        search_results/    search exports, from any of four formats to new candidates
        screening/         what two screeners decide on each candidate, and where they differ
        changes/           two states of the data, compared in the reader's words
      cli/                 the commands: parse arguments, call, print, set the exit code
"""
