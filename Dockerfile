# syntax=docker/dockerfile:1

# The bundle needs no node_modules but libsql, so the image holds node, dist and that.
# Any image with node, npm and a user `node`; by its digest for builds that are to repeat.
ARG BASE=node:24-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY examples/dashboard/package.json ./examples/dashboard/
RUN npm ci --ignore-scripts
COPY esbuild.config.mjs tsconfig.json schema.graphql ./
COPY examples/dashboard ./examples/dashboard
COPY src ./src
RUN node esbuild.config.mjs --metafile
# What the image holds, as CycloneDX.
COPY deploy/sbom.mjs ./deploy/
RUN node deploy/sbom.mjs --metafile > sbom.cdx.json

FROM ${BASE}
# An argument from before the first FROM has to be named again. docs/containers.md gives the values.
ARG BASE
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="ecs-graphql" \
  org.opencontainers.image.description="A GraphQL gateway over Amazon ECS, with an embedded ECS sandbox" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}" \
  org.opencontainers.image.base.name="${BASE}"
ENV NODE_ENV=production
# Others reach the container, so `serve` does not start without ECS_GRAPHQL_TOKEN: docker run -e ECS_GRAPHQL_TOKEN=...
ENV HOST=0.0.0.0 PORT=4000
# As Node 20 has it. Node 24 lets young objects fill three times as much before it collects them, which buys no time here.
ENV NODE_OPTIONS=--max-semi-space-size=16
WORKDIR /app
COPY --from=build /build/dist ./dist
# The only native module, which `HISTORY` needs.
COPY --from=build /build/node_modules/libsql ./node_modules/libsql
COPY --from=build /build/node_modules/@libsql ./node_modules/@libsql
COPY --from=build /build/node_modules/@neon-rs ./node_modules/@neon-rs
COPY --from=build /build/sbom.cdx.json ./
COPY package.json LICENSE ./
# A first run leaves what Node compiled for the starts that follow; another user than this has none of it, and needs none.
ENV NODE_COMPILE_CACHE=/app/compiled
RUN mkdir compiled && chown node compiled
USER node
RUN node dist/main.js schema > /dev/null
# The gateway, and the simulated ECS of `sandbox` and `ecs`.
EXPOSE 4000 4510
# Asks at the address that the container's own command and environment say.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["node", "dist/main.js", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
