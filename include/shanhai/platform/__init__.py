"""The servers a run needs on one machine: Postgres and the four Airflow services, on loopback only."""
