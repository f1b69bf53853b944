/**
 * The video element of a session, and its sound. A picture is shown always; sound is played where
 * the page wants it and the browser allows it, otherwise with the viewer's next gesture.
 */
export interface ScreenEvents {
  /** The browser plays no sound before a gesture. */
  readonly onBlocked: () => void
  readonly onMuted: (muted: boolean) => void
}

const GESTURES = ['pointerup', 'click', 'keydown', 'touchend'] as const

export class Screen {
  video: HTMLVideoElement | null = null
  private stream: MediaStream | null = null
  private readonly events: ScreenEvents
  /** Whether sound is not wanted; null leaves it to the element. */
  private wish: boolean | null
  private wasMuted: boolean | null = null
  private waiting: AbortController | null = null
  private listening: AbortController | null = null
  /** Sound that could not be played yet was told of. */
  private told = false

  constructor(muted: boolean | null, events: ScreenEvents) {
    this.wish = muted
    this.events = events
  }

  /** Whether no sound is played, whatever the reason. */
  get muted(): boolean {
    return this.video?.muted ?? this.wish ?? false
  }

  /** Whether sound is wanted, is there, and waits for a gesture. */
  get soundBlocked(): boolean {
    return this.waiting !== null && this.hasSound
  }

  get shows(): 'none' | 'paused' | 'playing' {
    if (!this.video) return 'none'
    return this.video.paused ? 'paused' : 'playing'
  }

  attach(video: HTMLVideoElement | null): void {
    if (this.video === video) return
    this.listening?.abort()
    if (this.video) this.video.srcObject = null
    this.video = video
    if (!video) return
    if (this.wish !== null) video.muted = this.wish
    this.wasMuted = video.muted
    this.listening = new AbortController()
    const { signal } = this.listening
    video.addEventListener('volumechange', this.handleVolume, { signal })
    if (this.stream) this.show(this.stream)
  }

  /** Shows a stream; one that takes another's place waits for its first packet. */
  show(stream: MediaStream): void {
    if (this.stream !== stream) stream.addEventListener('addtrack', this.handleTrack)
    this.stream = stream
    const { video } = this
    if (!video || video.srcObject === stream) return
    const track = stream.getVideoTracks()[0]
    if (!video.srcObject || !track?.muted) {
      this.showNow(stream)
      return
    }
    track.addEventListener(
      'unmute',
      () => {
        this.showNow(stream)
      },
      { once: true },
    )
  }

  /** Turns the sound off, or on: at once where the browser allows it, else with a gesture. */
  setMuted(muted: boolean): void {
    this.wish = muted
    this.stopWaiting()
    if (!this.video) return
    this.turn(muted)
    if (!muted && this.video.srcObject) this.play()
  }

  /** Plays on after the page was hidden: some browsers pause what nobody sees. */
  resume(): void {
    if (this.video?.srcObject && this.video.paused) this.play()
  }

  /** The session is over: nothing waits for a gesture any more. */
  stop(): void {
    this.stopWaiting()
    this.stream?.removeEventListener('addtrack', this.handleTrack)
  }

  private get hasSound(): boolean {
    return (this.stream?.getAudioTracks().length ?? 0) > 0
  }

  private showNow(stream: MediaStream): void {
    if (!this.video || stream !== this.stream) return
    this.video.srcObject = stream
    this.play()
  }

  private play(): void {
    const { video } = this
    video?.play().catch((error: unknown) => {
      const forbidden = error instanceof DOMException && error.name === 'NotAllowedError'
      if (!forbidden || video !== this.video || video.muted) return
      // Browsers play sound only after a gesture, but a silent picture always.
      this.turn(true)
      this.waitForGesture()
      video.play().catch(() => {
        /* the page took the element away */
      })
    })
  }

  private waitForGesture(): void {
    this.waiting ??= new AbortController()
    const { signal } = this.waiting
    const tryAgain = () => {
      this.stopWaiting()
      this.turn(false)
      this.play()
    }
    for (const name of GESTURES) addEventListener(name, tryAgain, { signal, capture: true })
    this.tellBlocked()
  }

  private stopWaiting(): void {
    this.waiting?.abort()
    this.waiting = null
  }

  private tellBlocked(): void {
    if (this.told || !this.hasSound) return
    this.told = true
    this.events.onBlocked()
  }

  private turn(muted: boolean): void {
    if (this.video) this.video.muted = muted
    this.tellMuted()
  }

  private tellMuted(): void {
    if (this.muted === this.wasMuted) return
    this.wasMuted = this.muted
    if (!this.muted) this.told = false
    this.events.onMuted(this.muted)
  }

  private readonly handleTrack = () => {
    if (this.waiting) this.tellBlocked()
  }

  /** The page, or the browser's own controls, turned the sound on or off. */
  private readonly handleVolume = () => {
    if (!this.video || this.video.muted === this.wasMuted) return
    this.wish = this.video.muted
    this.stopWaiting()
    this.tellMuted()
  }
}
