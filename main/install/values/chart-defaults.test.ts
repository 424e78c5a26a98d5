import { describe, expect, it } from 'vitest'
import { chartDefaults, chartTitle } from './chart-defaults.ts'

const files = (content: Readonly<Record<string, string>>) =>
  Object.entries(content).map(([path, text]) => ({ path, content: Buffer.from(text) }))

describe('defaults of a chart', () => {
  const defaults = chartDefaults(
    files({
      'Chart.yaml':
        'name: web\nversion: 1.2.0\ndependencies: [{name: redis, alias: cache}, {name: redis, alias: queue}]',
      'values.yaml': '# Comment\nport: 80\ncache:\n  port: 7000\n',
      'charts/redis/Chart.yaml': 'name: redis\nversion: 7.0.0\n',
      'charts/redis/values.yaml': 'port: 6379\n\nauth: {enabled: true}\n',
      'charts/redis/charts/common/Chart.yaml': 'name: common\nversion: 1.0.0\n',
      'charts/redis/charts/common/values.yaml': 'level: info\n',
    }),
  )

  it('are those of its values over those of the charts in it, below their names or aliases', () => {
    const redis = { port: 6379, auth: { enabled: true }, common: { level: 'info' } }
    expect(defaults.values).toEqual({ port: 80, cache: { ...redis, port: 7000 }, queue: redis })
  })

  it.each([
    ['port', 'values.yaml', 2],
    ['cache.port', 'values.yaml', 4],
    ['queue.port', 'charts/redis/values.yaml', 1],
    ['queue.auth.enabled', 'charts/redis/values.yaml', 3],
    ['cache.common.level', 'charts/redis/charts/common/values.yaml', 1],
  ])('%s is in %s, line %i', (path, file, line) => expect(defaults.placeOf(path.split('.'))).toEqual({ file, line }))

  it('have no place for what no file has', () => {
    expect(defaults.placeOf(['nothing'])).toBeUndefined()
    expect(defaults.placeOf(['cache'])).toEqual({ file: 'values.yaml', line: 3 })
  })

  it('are empty for a chart without values, and refused where they are no mapping', () => {
    expect(chartDefaults(files({ 'Chart.yaml': 'name: a' })).values).toEqual({})
    expect(chartDefaults(files({ 'values.yaml': '# nothing' })).values).toEqual({})
    expect(() => chartDefaults(files({ 'values.yaml': '[1]' }))).toThrow(
      "The chart's values.yaml is not a mapping in YAML.",
    )
    expect(() => chartDefaults(files({ 'values.yaml': 'a: [' }))).toThrow('is not a mapping')
  })

  it('come with the name and version of the chart', () => {
    expect(chartTitle(files({ 'Chart.yaml': 'name: web\nversion: 1.2.0' }))).toBe('web-1.2.0')
    expect(chartTitle(files({ 'Chart.yaml': ': [' }))).toBe('')
  })
})
