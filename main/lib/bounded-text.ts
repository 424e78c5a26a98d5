/** The body of a stranger's response; undefined if it is longer than the limit, of which nothing more is read. */
export async function boundedBytes(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limitBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export const boundedText = async (body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<string | undefined> =>
  (await boundedBytes(body, limitBytes))?.toString('utf8')
