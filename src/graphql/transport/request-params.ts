import { GraphQLError } from 'graphql'

/** The parameters of an operation, as Yoga looks at them next. */
export type Params = Record<string, unknown>

/** @throws GraphQLError BAD_REQUEST. What was sent is not quoted: it may be a secret. */
export function parseParams(body: Uint8Array): Params {
  const params = parseJson(body)
  if (Array.isArray(params)) throw badRequest('Send one operation at a time: batches are not taken.')
  if (typeof params === 'object' && params !== null) return params as Params
  throw badRequest('The body must be an object, such as {"query": "{ status { version } }"}.')
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw badRequest('The body is no JSON in UTF-8.')
  }
}

/** Reads what a GET asks for. @throws GraphQLError BAD_REQUEST. */
export function paramsOfUrl(url: string): Params {
  const at = url.indexOf('?')
  const given = new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
  return {
    query: given.get('query') ?? undefined,
    operationName: given.get('operationName') ?? undefined,
    variables: jsonOf(given, 'variables'),
    extensions: jsonOf(given, 'extensions'),
  }
}

function jsonOf(given: URLSearchParams, name: string): unknown {
  const text = given.get(name) ?? ''
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`The parameter "${name}" is no JSON.`)
  }
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } })
}
