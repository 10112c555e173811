import type { SettingDefinitions } from './setting-definition.ts'
import { oneOf, orNull, parseCollectorUrl } from './setting-parsers.ts'

/** How the node tells what it does. */
export const TELEMETRY_SETTINGS: SettingDefinitions<'logFormat' | 'otlpEndpoint'> = {
  logFormat: {
    group: 'Node',
    placeholder: 'format',
    default: 'auto',
    description: 'How log lines look: json, pretty for people, or auto: pretty on a terminal, json otherwise.',
    parse: oneOf('auto', 'json', 'pretty'),
  },
  otlpEndpoint: {
    group: 'Node',
    placeholder: 'url',
    default: 'none',
    description:
      'The collector that traces go to over OTLP/HTTP. OTEL_EXPORTER_OTLP_ENDPOINT counts where this is not set.',
    parse: orNull('none', parseCollectorUrl),
    alsoFrom: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  },
}
