/** A message as a line of JSON, told from others by its timestamp. */
export function jsonLine(timestamp: number, thirdPartyId = ''): string {
  return JSON.stringify({ timestamp, topic: '0x0000000a', payload: '0x01', thirdPartyId })
}

/** So many lines of messages, numbered from 0, the last without a line feed. */
export function jsonLines(count: number): string {
  return Array.from({ length: count }, (_, index) => jsonLine(index)).join('\n')
}
