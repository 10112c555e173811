import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { mix, type Followed } from './followed.ts'

// Follows all signals with many clients, each over a connection of its own, until it is told the last position.

const [url = '', wanted = '0'] = process.argv.slice(2)
const QUERY = 'subscription ($after: String) { signals(after: $after) { cursor position } }'
const RETRY_MS = 250

interface Subscriber extends Followed {
  cursor: string
  done: boolean
}

/** Where all end; null while that is not known. */
let lastPosition: number | null = null
let received = 0

async function follow(subscriber: Subscriber): Promise<void> {
  while (!subscriber.done) {
    const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 })
    try {
      await read(client, subscriber)
    } catch (fault) {
      // The node was killed: the connection is gone, or is refused. What it answers is another matter.
      if (fault instanceof Error && !('code' in fault) && fault.message.startsWith('Cannot')) throw fault
      subscriber.resumed += 1
    }
    void client.dispose()
    if (!subscriber.done) await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (0.5 + Math.random())))
  }
}

async function read(client: ReturnType<typeof createClient>, subscriber: Subscriber): Promise<void> {
  const subscription = { query: QUERY, variables: { after: subscriber.cursor } }
  type Data = { readonly signals: { readonly cursor: string; readonly position: string } }
  for await (const { data, errors } of client.iterate<Data>(subscription)) {
    if (data == null) throw new Error(`Cannot follow: ${JSON.stringify(errors)}`)
    const position = Number(data.signals.position)
    if (position <= subscriber.position) subscriber.repeated += 1
    subscriber.position = position
    subscriber.cursor = data.signals.cursor
    subscriber.count += 1
    subscriber.mixed = mix(subscriber.mixed, position)
    received += 1
    if (lastPosition !== null && position >= lastPosition) return void (subscriber.done = true)
  }
}

const subscribers = Array.from({ length: Number(wanted) }, (): Subscriber => ({
  cursor: 'START',
  position: 0,
  count: 0,
  mixed: 0,
  repeated: 0,
  resumed: 0,
  done: false,
}))
const following = Promise.all(subscribers.map(async (subscriber) => follow(subscriber)))

process.on('message', (message: { readonly lastPosition?: number }) => {
  if (message.lastPosition === undefined) return void process.send?.({ received })
  lastPosition = message.lastPosition
  for (const subscriber of subscribers) if (subscriber.position >= lastPosition) subscriber.done = true
  const followed = (): readonly Followed[] =>
    subscribers.map(({ position, count, mixed, repeated, resumed }) => ({ position, count, mixed, repeated, resumed }))
  const poll = setInterval(() => {
    if (!subscribers.every(({ done }) => done)) return
    clearInterval(poll)
    process.send?.({ followed: followed() }, () => process.exit(0))
  }, 100)
})
await following
