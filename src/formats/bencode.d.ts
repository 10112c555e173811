/** The part of the package `bencode` that is used here; it brings no types of its own. */
declare module 'bencode' {
  export type Bencodable = string | number | Uint8Array | readonly Bencodable[] | { readonly [key: string]: Bencodable }

  const bencode: {
    /** Keys are sorted, strings are written as UTF-8. */
    encode(value: Bencodable): Uint8Array
  }
  export default bencode
}
