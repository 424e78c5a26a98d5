import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

const program = `
import { standardInput } from ${JSON.stringify(new URL('./standard-input.ts', import.meta.url).href)}
// From here on the pipe does not block.
void process.stdin.isTTY
for await (const chunk of standardInput(AbortSignal.timeout(20_000))) process.stdout.write('read ' + chunk)
process.stdout.write('end')
`

it('the standard input is read to its end from a pipe that does not block and is empty at times', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'pipe' })
  const closed = once(child, 'close')
  let [output, errors] = ['', '']
  child.stderr.on('data', (text) => {
    errors += text
  })
  child.stdout.on('data', (text) => {
    output += text
    if (output === 'read one') child.stdin.write(' two')
    if (output === 'read oneread  two') child.stdin.end(' three')
  })
  // Later than the child asks for it.
  setTimeout(() => child.stdin.write('one'), 200)
  const [code] = await closed
  expect({ code, errors, output }).toEqual({ code: 0, errors: '', output: 'read oneread  tworead  threeend' })
}, 60_000)
