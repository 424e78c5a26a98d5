import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { isLogPath, originOfPath, readDumpLine } from './log-origin.ts'

const uid = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'

describe('originOfPath', () => {
  it.each([
    [`/var/log/pods/shop_orders-7d9f_${uid}/main/0.log`, 'orders-7d9f', 'main'],
    [`node/pods/shop_orders-7d9f_${uid}/main/3.log.20260314-092653.gz`, 'orders-7d9f', 'main'],
    [`/var/log/containers/orders-7d9f_shop_main-${'a1'.repeat(32)}.log`, 'orders-7d9f', 'main'],
    ['bundle/cluster-resources/pods/logs/shop/orders-7d9f/main.log', 'orders-7d9f', 'main'],
    ['bundle.tar.gz/bundle/cluster-resources/pods/logs/shop/orders-7d9f/main-previous.log', 'orders-7d9f', 'main'],
    ['C:\\bundle\\cluster-resources\\pods\\logs\\shop\\orders-7d9f\\main.log', 'orders-7d9f', 'main'],
    ['bundle/orders/orders-7d9f8b6c5-x2x4z/main.log', 'orders-7d9f8b6c5-x2x4z', 'main'],
    ['/home/anja/wso2carbon.log', 'wso2carbon.log', ''],
    ['/home/anja/wso2carbon.log.gz', 'wso2carbon.log', ''],
    ['-', '-', ''],
  ])('%s', (path, pod, container) => {
    expect(originOfPath(path)).toEqual({ pod, container })
  })
})

it('has no name that is longer than one of Kubernetes', () => {
  const long = 'x'.repeat(10_000)
  for (const { pod, container } of [originOfPath(long), originOfPath(`pods/logs/shop/${long}/${long}.log`)])
    expect([pod.length, container.length <= 253]).toEqual([253, true])
})

it('takes time in proportion to the length of a path', () => {
  const cpuMs = startCpuTime()
  for (const part of ['a-', 'a_', 'a.', 'pods/logs/']) originOfPath(`${part.repeat(4_000)}!`)
  expect(cpuMs()).toBeLessThan(1_000)
})

it('leaves out what a support bundle has beside logs', () => {
  expect(
    ['a.log', 'a', 'a.txt', 'a.log.gz', 'version.yaml', 'pods/shop.json', 'analysis.json.gz'].filter(isLogPath),
  ).toEqual(['a.log', 'a', 'a.txt', 'a.log.gz'])
})

it('reads the marks of a dump, and nothing else', () => {
  expect(readDumpLine('==== START logs for container main of pod shop/orders-1 ====')).toEqual({
    pod: 'orders-1',
    container: 'main',
  })
  expect(readDumpLine('==== END logs for container main of pod shop/orders-1 ====')).toBe('end')
  expect(readDumpLine('==== START logs ====')).toBeUndefined()
})
