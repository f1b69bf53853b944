/**
 * Timers that keep time in a hidden page. Browsers slow the timers of hidden pages down to one a
 * second, and after minutes to one a minute, which would cost a waiting viewer its place in line;
 * those of a worker they leave alone. The worker is made when it is first needed; where a page's
 * content security policy forbids it (`worker-src blob:`), plain timers must do.
 */
const SOURCE = `const set = new Map()
onmessage = ({ data: [id, ms] }) => {
  clearTimeout(set.get(id))
  set.delete(id)
  if (ms >= 0) set.set(id, setTimeout(() => { set.delete(id); postMessage(id) }, ms))
}`

export class Alarm {
  private readonly ring: () => void
  private readonly id: number
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(ring: () => void) {
    this.ring = ring
    this.id = nextId
    nextId += 1
  }

  /** Rings once in so many milliseconds, and not at any time it was set to before. */
  set(ms: number): void {
    this.clear()
    this.timer = setTimeout(this.handleTime, ms)
    if (document.visibilityState === 'hidden') clock()?.set(this.id, ms, this.handleTime)
  }

  clear(): void {
    if (this.timer === null) return
    clearTimeout(this.timer)
    this.timer = null
    known?.clear(this.id)
  }

  private readonly handleTime = () => {
    if (this.timer === null) return
    this.clear()
    this.ring()
  }
}

let nextId = 0
let known: WorkerClock | null = null
let forbidden = false

function clock(): WorkerClock | null {
  if (known || forbidden) return known
  try {
    known = new WorkerClock(() => {
      forbidden = true
      known = null
    })
  } catch {
    forbidden = true // there are no workers here, or no policy for them
  }
  return known
}

class WorkerClock {
  private readonly worker: Worker
  private readonly rings = new Map<number, () => void>()

  constructor(onFailed: () => void) {
    const address = URL.createObjectURL(new Blob([SOURCE], { type: 'text/javascript' }))
    this.worker = new Worker(address)
    this.worker.onmessage = ({ data }: MessageEvent<number>) => {
      this.rings.get(data)?.()
    }
    this.worker.onerror = (event) => {
      event.preventDefault()
      onFailed()
    }
  }

  set(id: number, ms: number, ring: () => void): void {
    this.rings.set(id, ring)
    this.worker.postMessage([id, ms])
  }

  clear(id: number): void {
    if (this.rings.delete(id)) this.worker.postMessage([id, -1])
  }
}
