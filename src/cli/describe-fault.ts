/**
 * A fault in one line, for the operator: what failed, and because of what.
 *
 * A fault that was followed by another while all was brought to an end is told first.
 */
export function describeFault(fault: unknown): string {
  if (fault instanceof SuppressedError) {
    return `${describeFault(fault.suppressed)}; and after that: ${describeFault(fault.error)}`
  }
  if (!(fault instanceof Error)) return oneLine(String(fault))
  const message = oneLine(fault.message)
  if (fault.cause === undefined) return message
  const cause = describeFault(fault.cause)
  return message.endsWith(cause) ? message : `${message}: ${cause}`
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ')
}
