import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { chromium, type Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { EVERYTHING } from '../../src/domain/access.ts'
import { err, ok } from '../../src/domain/result.ts'
import { openApi } from '../support/open-api.ts'
import { openRelay } from '../support/relay.ts'

const CHROMIUM = '/usr/bin/chromium'
const TOKEN = 'sbt_plum'

test.skipIf(!existsSync(CHROMIUM))(
  "a browser's EventSource follows signals from a page elsewhere, with a token, and goes on where it was cut off",
  async () => {
    const { page, origin } = await openPage()
    const { port, url } = await openApi({
      allowedOrigins: [origin],
      ports: {
        authenticate: async ({ token }) =>
          token === TOKEN
            ? ok({ actor: 'token:plum', grant: EVERYTHING, ended: null })
            : token === null
              ? ok(null)
              : err({ type: 'TokenUnknown', message: 'There is no such token.' }),
      },
    })
    const relay = await openRelay(port)
    const address = `http://127.0.0.1:${relay.port}/graphql`
    const told = await follow(page, address)
    await addCommunity(url, 'one')
    await expect.poll(told).toHaveLength(2)
    relay.cut()
    await addCommunity(url, 'two')
    await expect.poll(told).toHaveLength(4)

    expect(await told()).toEqual(['CommunityAdded', 'ArchivingEnabled', 'CommunityAdded', 'ArchivingEnabled'])
    expect(relay.connections()).toBe(2)
  },
)

/** A browser on an empty page of another origin than the API's. */
async function openPage(): Promise<{ readonly page: Page; readonly origin: string }> {
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<p>Plum'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
  const browser = await chromium.launch({ executablePath: CHROMIUM, args })
  onTestFinished(async () => {
    await browser.close()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const page = await browser.newPage()
  await page.goto(origin)
  return { page, origin }
}

/** Has the page follow all signals from the beginning. @returns Reads what it was told so far. */
async function follow(page: Page, address: string): Promise<() => Promise<readonly string[]>> {
  const query = 'subscription { signals(after: "START") { __typename } }'
  const source = `${address}?${new URLSearchParams({ query, access_token: TOKEN }).toString()}`
  await page.evaluate(`
    window.told = []
    window.source = new EventSource(${JSON.stringify(source)})
    window.source.addEventListener('next', ({ data }) => window.told.push(JSON.parse(data).data.signals.__typename))
  `)
  return async () => page.evaluate('window.told')
}

async function addCommunity(url: string, key: string): Promise<void> {
  const mutation = `mutation { addCommunity(role: CONTROL_NODE, archiving: true, contentTopics: ["0x0a0b0c0d"], idempotencyKey: "${key}") { __typename } }`
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ query: mutation }),
  })
  expect(await response.json()).toEqual({ data: { addCommunity: { __typename: 'AddCommunityAccepted' } } })
}
