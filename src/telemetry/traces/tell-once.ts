import type { SpanExporter } from '@opentelemetry/sdk-trace'

type ExportSpans = SpanExporter['export']

/**
 * Tells once that spans do not arrive, and once that they do again. What does not arrive is lost.
 *
 * @param onLost Is given why, when it begins.
 */
export function tellOnce(
  exporter: SpanExporter,
  onLost: (error: unknown) => void,
  onArriving: () => void,
): SpanExporter {
  let isLosing = false
  const exportSpans: ExportSpans = (spans, settle) => {
    exporter.export(spans, (result) => {
      const isLost = result.error !== undefined
      if (isLost && !isLosing) onLost(result.error)
      if (!isLost && isLosing) onArriving()
      isLosing = isLost
      settle(result)
    })
  }
  return { export: exportSpans, shutdown: async () => exporter.shutdown() }
}
