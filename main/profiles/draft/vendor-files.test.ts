import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { tar } from '../../../test/bed/tar.ts'
import { readVendorFiles } from './vendor-files.ts'

const text = (path: string, content: string) => ({ path, content: Buffer.from(content) })
const mib = 1_048_576

describe('files of a vendor', () => {
  it('are read up to a limit of all charts together, whatever the size of their archives', async () => {
    const archive = (name: string) => {
      const parts = [{ path: `${name}/large`, data: Buffer.alloc(2 * mib) }]
      const metadata = { path: `${name}/Chart.yaml`, data: Buffer.from(`name: ${name}\nversion: 1.0.0\n`) }
      return { path: `${name}.tgz`, content: gzipSync(tar([metadata, ...parts])) }
    }
    const { charts, unread } = await readVendorFiles(['a', 'b', 'c', 'd', 'e'].map(archive), 9 * mib)

    expect(charts.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
    expect(unread).toEqual([{ place: 'e.tgz', text: '', why: expect.stringContaining('too many bytes') }])
  })

  it('have no chart that contains itself more often than a chart has room', async () => {
    const itself = (index: number): string => `- { name: d${index}, repository: "file://." }\n`
    const dependencies = Array.from({ length: 200 }, (_, index) => itself(index)).join('')
    const { charts, unread } = await readVendorFiles([
      text('a/Chart.yaml', `name: a\nversion: 1.0.0\ndependencies:\n${dependencies}`),
      { path: 'a/files/large', content: Buffer.alloc(5 * mib) },
    ])

    expect(charts).toEqual([])
    expect(unread[0]).toMatchObject({ place: 'a', why: expect.stringContaining('more than 5000 files or 32 MiB') })
  })

  it('take nothing from outside of them, as a dependency either', async () => {
    const { charts } = await readVendorFiles([
      text(
        'a/Chart.yaml',
        'name: a\nversion: 1.0.0\ndependencies:\n- { name: d, repository: "file://../../../etc" }\n',
      ),
    ])
    expect(charts[0]?.files.map(({ path }) => path)).toEqual(['Chart.yaml'])
  })
})
