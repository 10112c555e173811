import type { ProgressEvidence } from './evidence.ts'
import { findingHelp } from './finding-help.ts'
import type { Finding, NamedValue } from './finding.ts'
import type { Selection } from './selection.ts'
import type { UnixMillis, UnixSeconds } from './time.ts'

/** A finding, with what speaks for it and what would help. */
export function finding(
  code: keyof typeof findingHelp,
  values: Readonly<Record<string, string | number>> = {},
): Finding {
  return { code, evidence: named(values), help: findingHelp[code] }
}

/** Values by name, as text. */
export function named(values: Readonly<Record<string, string | number>>): readonly NamedValue[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: String(value) }))
}

/** A time by its name; nothing where there is none. */
export function timeNamed(name: string, at: UnixMillis | null): Readonly<Record<string, string>> {
  return at === null ? {} : { [name]: timeOf(at) }
}

/** A time as RFC 3339 has it, in UTC. */
export function timeOf(at: UnixMillis): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

/** A time as RFC 3339 has it, in UTC. */
export function dateOf(at: UnixSeconds): string {
  return timeOf((at * 1000) as UnixMillis)
}

/** How far a download is; what is not known of it is left out. */
export function progressNamed(progress: ProgressEvidence | null): Readonly<Record<string, number>> {
  if (progress === null) return {}
  const { peers, bytes, totalBytes, archives, totalArchives } = progress
  const totals = { ...(totalBytes !== null && { totalBytes }), ...(totalArchives !== null && { totalArchives }) }
  return { peers, bytes, archives, ...totals }
}

/** What was chosen to be fetched. */
export function selectionNamed(selection: Selection): Readonly<Record<string, string>> {
  const { mode } = selection
  return mode === 'RANGE' ? { mode, from: dateOf(selection.from), to: dateOf(selection.to) } : { mode }
}
