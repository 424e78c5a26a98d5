import { randomInt } from 'node:crypto'

/** The loopback address that every system has. */
export const commonLoopback = '127.0.0.1'

export const isLoopback = (address: string): boolean => /^127(\.(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(address)

/**
 * An address of 127.0.0.0/8 for the next start, so that the page has an origin that nobody had before. Browsers keep service
 * workers, files and cookies of an origin; a program that had the same address and port earlier would get the page, and its
 * token, by what it left there. macOS has only 127.0.0.1.
 */
export function freshLoopback(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return commonLoopback
  // Neither 127.0.*, which other programs use, nor 127.255.255.255, which is a broadcast address.
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`
}
