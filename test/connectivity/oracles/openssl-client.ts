import { execFile } from 'node:child_process'
import { text } from 'node:stream/consumers'

// OpenSSL's own client. For each line of its input, "HOST PORT PEM-FILE", it prints "ok" or "error TEXT".

const limitMs = 8_000

const ask = (line: string): Promise<string> => {
  const [host = '', port = '', file = ''] = line.split(' ')
  const { promise, resolve } = Promise.withResolvers<string>()
  const args = ['-connect', `127.0.0.1:${port}`, '-servername', host, '-verify_hostname', host, '-CAfile', file]
  const client = execFile(
    'openssl',
    ['s_client', ...args, '-verify_return_error', '-alpn', 'h2,http/1.1', '-brief'],
    { timeout: limitMs },
    (error, _stdout, stderr) => resolve(error === null ? 'ok' : `error ${stderr.replaceAll(/\s+/g, ' ')}`),
  )
  client.stdin?.end()
  return promise
}

const answers: string[] = []
for (const line of (await text(process.stdin)).split('\n')) answers.push(await ask(line))
console.log(answers.join('\n'))
