#!/usr/bin/env bash
# Makes the secrets that compose.yaml names and that are not there yet; keeps every one that is.
# The folder is closed to everyone else; the files inside are readable because each is mounted singly into a container
# whose account is not this one.
set -euo pipefail
umask 077
folder=$(cd "$(dirname "$0")" && pwd)/secrets
mkdir -p "$folder"
chmod 0700 "$folder"

random() { # <bytes>: url-safe base64, padded, as Fernet wants it
    head -c "$1" /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'
}

keep_or_write() { # <name> <content>
    if [[ ! -s "$folder/$1" ]]; then
        printf '%s\n' "$2" > "$folder/$1"
        echo "made docker/secrets/$1"
    fi
    chmod 0444 "$folder/$1"
}

for role in owner pipeline engineer auditor reader airflow; do
    keep_or_write "${role}_password" "$(random 24)"
done
keep_or_write airflow_fernet_key "$(random 32)"
keep_or_write airflow_api_secret_key "$(random 32)"
keep_or_write airflow_jwt_secret "$(random 64)"
keep_or_write airflow_web_passwords \
    "{\"admin\": \"$(random 18)\", \"engineer\": \"$(random 18)\", \"auditor\": \"$(random 18)\"}"
