import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { askServer } from '../../src/app/ask-server.ts'

test('each question has a connection of its own, so that none is lost with one that the server gave up', async () => {
  const server = createServer((_request, response) => response.end('{"data":{}}')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  let connections = 0
  server.on('connection', () => (connections += 1))
  const ask = askServer({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secret: 's' })
  for (let question = 0; question < 3; question += 1) expect(await ask('{ __typename }', {})).toEqual({})
  expect(connections).toBe(3)
})
