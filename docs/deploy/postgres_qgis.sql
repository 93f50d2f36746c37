-- After the first start: sudo -u postgres psql -d ccn -v ON_ERROR_STOP=1 -v password="'PASSWORD'" -f postgres_qgis.sql
CREATE ROLE ccn_qgis LOGIN PASSWORD :password;
GRANT CONNECT ON DATABASE ccn TO ccn_qgis;
GRANT USAGE ON SCHEMA public TO ccn_qgis;
GRANT SELECT ON boundary TO ccn_qgis;
ALTER ROLE ccn_qgis SET default_transaction_read_only = on;
