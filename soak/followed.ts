/** What one subscriber has received. */
export interface Followed {
  /** Of the last signal. */
  position: number
  count: number
  /** All positions in their order, mixed into one number. */
  mixed: number
  /** Signals at or before the one received before them. */
  repeated: number
  /** How often the connection was opened again. */
  resumed: number
}

/** FNV-1a over positions: two sequences that differ give the same number once in four billion. */
export function mix(mixed: number, position: number): number {
  return Math.imul((mixed === 0 ? 0x811c9dc5 : mixed) ^ position, 0x01000193) >>> 0
}
