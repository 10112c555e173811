import { expect } from 'vitest'

/** An error as the API shows it. */
export interface ShownError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly locations?: readonly unknown[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** What the API answered to one operation over HTTP. */
export interface GraphqlAnswer<Data> {
  readonly status: number
  readonly headers: Headers
  readonly data?: Data | null
  readonly errors?: readonly ShownError[]
}

/** Sends an operation as a program would; errors are part of the answer. */
export async function ask<Data = Record<string, unknown>>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as Pick<GraphqlAnswer<Data>, 'data' | 'errors'>
  return { status: response.status, headers: response.headers, ...body }
}

/** Sends an operation that must be answered without errors. */
export async function askData<Data = Record<string, unknown>>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const { data, errors } = await ask<Data>(url, query, variables)
  expect(errors).toBeUndefined()
  if (data == null) throw new Error('The API answered neither data nor errors')
  return data
}
