-- sudo -u postgres psql -v ON_ERROR_STOP=1 -v password="'PASSWORD'" -f postgres.sql
CREATE ROLE ccn LOGIN PASSWORD :password;
CREATE DATABASE ccn OWNER ccn ENCODING 'UTF8' TEMPLATE template0;
\connect ccn
CREATE EXTENSION postgis;
REVOKE ALL ON DATABASE ccn FROM PUBLIC;
