import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

const startMs = Date.UTC(2026, 10, 1)
const days = 3
const rareIds = 100
export const traceHits = 20
export const traceId = createHash('md5').update('trace of the benchmark').digest('hex')

/** Mixed formats, about 215 bytes a line, with ids of high entropy. Returns rare ids, spread evenly. */
async function writeCorpus(file: string, lines: number): Promise<string[]> {
  const out = createWriteStream(file)
  const ids: string[] = []
  const pick = <T>(of: readonly [T, ...T[]]): T => of[randomInt(of.length)] ?? of[0]
  for (let from = 0; from < lines; from += 1_000) {
    const chunk: string[] = []
    for (let index = from; index < Math.min(lines, from + 1_000); index += 1) {
      const at = new Date(startMs + Math.floor((index / lines) * days * 86_400_000)).toISOString()
      const id = randomUUID()
      if (index % Math.ceil(lines / rareIds) === 0) ids.push(id)
      const isTraced = index % Math.ceil(lines / traceHits) === 1
      const trace = isTraced ? traceId : randomBytes(16).toString('hex')
      const level = pick(['INFO', 'INFO', 'INFO', 'DEBUG', 'WARN', 'ERROR'])
      const message = pick([
        `order ${randomInt(1_000_000)} accepted`,
        `payment of ${randomInt(9_000)}.${randomInt(99)} requested from the bank`,
        `connection to sap-${randomInt(40)}.internal:8443 refused`,
        `route matched /orders/${randomInt(100_000)}`,
      ])
      chunk.push(
        index % 3 === 0
          ? `{"time":"${at}","level":"${level}","module":"acme/orders","message":"${message}","correlationId":"${id}","traceId":"${trace}","took":${randomInt(900)}}`
          : index % 3 === 1
            ? `time=${at} level=${level} module=acme/invoices message="${message}" correlationId="${id}" traceId=${trace} took=${randomInt(900)}`
            : `[${at}] ${level.padStart(5)} {org.apache.synapse.mediators.builtin.LogMediator} - ${message}, correlation = ${id}, trace = ${trace}, took = ${randomInt(900)} ms`,
      )
    }
    if (!out.write(`${chunk.join('\n')}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
  return ids
}

/** `node log-corpus.ts FILE LINES` writes the corpus and prints its rare ids. */
if (import.meta.main) console.log(JSON.stringify(await writeCorpus(process.argv[2] ?? '', Number(process.argv[3]))))
