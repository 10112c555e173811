import { onTestFinished } from 'vitest'

/** A result of a subscription, and the id that a browser would send back as Last-Event-ID. */
export interface ServerSentResult {
  readonly id: string | null
  readonly result: { readonly data?: unknown; readonly errors?: readonly { readonly extensions?: unknown }[] }
}

/**
 * Subscribes over server-sent events. Leaving the loop closes the connection.
 *
 * @param headers Such as `last-event-id`.
 */
export async function* subscribeOverSse(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<ServerSentResult> {
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query, variables }),
    signal: abort.signal,
  })
  if (response.body === null || response.status !== 200) throw new Error(`Expected a stream, found ${response.status}`)
  let text = ''
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = `${text}${chunk}`.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = new Map(block.split('\n').map((line) => [line.split(':')[0], line.slice(line.indexOf(':') + 2)]))
        if (fields.get('event') === 'complete') return
        if (fields.get('event') !== 'next') continue
        const result = JSON.parse(fields.get('data') ?? '') as ServerSentResult['result']
        yield { id: fields.get('id') ?? null, result }
      }
    }
  } finally {
    abort.abort()
  }
}
