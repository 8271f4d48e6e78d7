# The bot without the demo, as a small image that runs as nobody in particular.
#
#   docker build -t doorman .
#   docker run -d --name doorman --restart unless-stopped --stop-timeout 15 \
#     -v ./doorman.toml:/etc/doorman/doorman.toml:ro -v doorman:/var/lib/doorman \
#     --env-file doorman.env doorman
#
# docs/OPERATIONS.md says what goes into the two files, and how large, fast and hungry the image is.

ARG RUST_VERSION=1.95
ARG DEBIAN=bookworm

FROM docker.io/library/rust:${RUST_VERSION}-slim-${DEBIAN} AS build
WORKDIR /src
COPY . .
# Neither crates.io's crates nor what is compiled becomes part of a layer, and both are there for the next build.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked -p doorman --no-default-features \
    && strip -o /doorman target/release/doorman

FROM docker.io/library/debian:${DEBIAN}-slim
# Certificates: Discord and AWS are reached by TLS only. Everything else is in the program, time zones included.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/doorman \
       --shell /usr/sbin/nologin doorman \
    && install -d -m 0750 -o doorman -g doorman /var/lib/doorman /etc/doorman
COPY --from=build /doorman /usr/local/bin/doorman
# A release adds those of everything that is in the program (.ci/third-party).
COPY LICENSE-APACHE LICENSE-MIT THIRD-PARTY.tx[t] commands/assets/OFL.txt /usr/share/doc/doorman/

# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
# The leases: `store.path` is relative to this folder.
WORKDIR /var/lib/doorman
VOLUME /var/lib/doorman

# The bot finishes or parks what is under way within ten seconds.
STOPSIGNAL SIGTERM
# The bot answers here how it is. The check asks whether it is alive: an outage of AWS or Discord does not make the
# container unhealthy, because a new one would be no better off (docs/OPERATIONS.md, Signs of life).
ENV DOORMAN_HEALTH_LISTEN=127.0.0.1:8086
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["doorman", "--config", "/etc/doorman/doorman.toml", "health"]
ENTRYPOINT ["doorman", "--config", "/etc/doorman/doorman.toml"]
