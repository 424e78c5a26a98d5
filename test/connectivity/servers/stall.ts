/**
 * Imported before a program (`node --import`), it keeps the program from running most of the time, as on a node whose
 * processors are fully used. It needs no processor time itself.
 */
const runsMs = 20
const standsStillMs = 300

const nothing = new Int32Array(new SharedArrayBuffer(4))
setInterval(() => Atomics.wait(nothing, 0, 0, standsStillMs), runsMs).unref()
