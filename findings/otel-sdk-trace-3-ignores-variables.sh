#!/usr/bin/env bash
# OpenTelemetry's trace SDK 3 no longer reads OTEL_TRACES_SAMPLER and OTEL_BSP_*: a switched-off sampler records everything, without a word.
#
# Versions:  @opentelemetry/sdk-trace 3.1.1 beside its predecessor @opentelemetry/sdk-trace-base 2.12.1, Node 20.19 or later.
# Expected:  the variables of OpenTelemetry's specification apply to a provider and a batch processor without options, as in version 2:
#            OTEL_TRACES_SAMPLER=always_off exports nothing, OTEL_BSP_SCHEDULE_DELAY=100 exports after 0.1 s, and
#            OTEL_BSP_MAX_EXPORT_BATCH_SIZE=2 sends four spans as two batches.
# Real:      version 3 has the built-in values whatever the variables are: four spans in one batch, and not before 5 s or a flush. Its
#            package has no warning about a variable that is set. Only options count.
# Seen:      2.12.1 batches: [2,2] [2,2] off: [] [] | 3.1.1 batches: [] [4] off: [] [4]     (after one second, after a flush)
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
run() {
  mkdir "$folder/$1"
  cd "$folder/$1"
  echo '{ "name": "x", "private": true, "type": "module" }' > package.json
  npm install --silent --no-audit --no-fund --save-exact "@opentelemetry/$1@$2" "@opentelemetry/api@$3" >/dev/null 2>&1
  cat > run.mjs <<'EOF'
const sdk = await import(process.argv[2]);
const batches = [];
const exporter = {
  export(spans, done) {
    batches.push(spans.length);
    done({ code: 0 });
  },
  async shutdown() {},
  async forceFlush() {},
};
const isOld = sdk.BasicTracerProvider !== undefined;
const processor = new sdk.BatchSpanProcessor(isOld ? exporter : { exporter });
const provider = new (isOld ? sdk.BasicTracerProvider : sdk.TracerProvider)({ spanProcessors: [processor] });
const tracer = provider.getTracer('x');
for (const name of ['a', 'b', 'c', 'd']) tracer.startSpan(name).end();
await new Promise((resolve) => setTimeout(resolve, 1000));
const early = JSON.stringify(batches);
await provider.forceFlush();
console.log(`${early} ${JSON.stringify(batches)}`);
EOF
  local batched off
  batched=$(OTEL_BSP_SCHEDULE_DELAY=100 OTEL_BSP_MAX_EXPORT_BATCH_SIZE=2 node run.mjs "@opentelemetry/$1")
  off=$(OTEL_BSP_SCHEDULE_DELAY=100 OTEL_TRACES_SAMPLER=always_off node run.mjs "@opentelemetry/$1")
  echo "$2 batches: $batched off: $off"
}
seen="$(run sdk-trace-base 2.12.1 1.9.1) | $(run sdk-trace 3.1.1 1.10.0)"
echo "$seen"
[ "$seen" = '2.12.1 batches: [2,2] [2,2] off: [] [] | 3.1.1 batches: [] [4] off: [] [4]' ]
