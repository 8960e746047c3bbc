#!/usr/bin/env bash
# Builds the image and runs what must hold in it: the command line, Airflow's version, and that every DAG imports.
#
#   docker/build_and_check.sh            image shanhai:0.1.0, with the first of docker, podman, buildah that is there
#   ENGINE=podman IMAGE=shanhai:test docker/build_and_check.sh
#
# BUILD_OPTIONS and RUN_OPTIONS are added to the engine's commands, ENGINE_OPTIONS stand before them; split at spaces.
set -euo pipefail
cd "$(dirname "$0")/.."

image=${IMAGE:-shanhai:0.1.0}
read -ra engine_options <<< "${ENGINE_OPTIONS:-}"
read -ra build_options <<< "${BUILD_OPTIONS:-}"
read -ra run_options <<< "${RUN_OPTIONS:-}"

find_engine() {
    local name
    for name in docker podman buildah; do
        if command -v "$name" > /dev/null && { [[ $name != docker ]] || docker info > /dev/null 2>&1; }; then
            echo "$name"
            return
        fi
    done
    echo "no container engine: install docker, podman or buildah" >&2
    return 1
}
engine=${ENGINE:-$(find_engine)}

build() {
    local arguments=(--file docker/Dockerfile --tag "$image")
    arguments+=(--build-arg "SHANHAI_CODE_COMMIT=$(git rev-parse HEAD 2> /dev/null || true)")
    # Docker's own format keeps the health check, which the OCI format has no place for.
    [[ $engine == docker ]] || arguments+=(--format docker --layers)
    "$engine" "${engine_options[@]}" build "${arguments[@]}" "${build_options[@]}" .
}

in_image() { # <command …>: as a service runs, with a read-only root and no rights, and without a network
    if [[ $engine == buildah ]]; then
        local container status=0
        container=$(buildah "${engine_options[@]}" from --pull-never "$image")
        buildah "${engine_options[@]}" run "${run_options[@]}" "$container" -- /opt/shanhai/docker/entrypoint "$@" || status=$?
        buildah "${engine_options[@]}" rm "$container" > /dev/null
        return "$status"
    fi
    "$engine" "${engine_options[@]}" run --rm --read-only --tmpfs /tmp:mode=1777 --cap-drop ALL \
        --security-opt no-new-privileges --network none "${run_options[@]}" "$image" "$@"
}

began=$SECONDS
build
echo "built $image with $engine in $((SECONDS - began)) s"

in_image shanhai --help
in_image airflow version
in_image /opt/shanhai/docker/import_dags
if in_image python -c "import pytest" 2> /dev/null; then
    echo "the tools of development are in the image" >&2
    exit 1
fi
echo "$image: command line, Airflow and DAGs are well"
