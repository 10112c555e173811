/** The outcome of something that can be refused: refusals are values, faults are thrown. */
export type Result<Value, Refused> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Refused }

/** Wraps a value as a success. */
export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

/** Wraps a refusal as a failure. */
export function err<Refused>(error: Refused): { readonly ok: false; readonly error: Refused } {
  return { ok: false, error }
}
