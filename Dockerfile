# Two steps: the first compiles, the second holds what runs.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# the ledger and tierwise.yaml live here
VOLUME /data
WORKDIR /data
USER node
EXPOSE 4100
# in a container loopback is nobody's: keys have to be configured before it listens outside
CMD ["node", "/app/dist/cli/main.js", "serve", "--host", "0.0.0.0", "--config", "/data/tierwise.yaml"]
