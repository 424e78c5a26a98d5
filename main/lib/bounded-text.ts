/** The body of a stranger's response as text; undefined if it is longer than the limit, of which nothing more is read. */
export async function boundedText(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limitBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
