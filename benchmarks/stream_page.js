// The least viewer that Diorama's protocol allows, with a clock at each step; runs in a page.
const canvas = new OffscreenCanvas(8, 8);
const ink = canvas.getContext("2d", { willReadFrequently: true });
const view = { frames: 0, times: [], waiting: null };
let n = 0;

async function openSession(project) {
  const clientId = crypto.randomUUID();
  view.asked = performance.now();
  const answer = await fetch("/v1/sessions", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": clientId },
    body: JSON.stringify({ project, client_id: clientId }),
  });
  view.opened = await answer.json();
  return view.opened.session.id;
}

/** Connect, or connect anew, and resolve at the first picture with the time of each step. */
function connect() {
  hangUp();
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no picture: ${JSON.stringify(told)}`)), 20000);
    const told = {};
    const socket = new WebSocket(`ws://${location.host}/v1/connect`);
    const peer = new RTCPeerConnection();
    const video = document.createElement("video");
    Object.assign(video, { autoplay: true, muted: true, playsInline: true });
    video.style.cssText = "position: fixed; inset: 0; width: 1280px; height: 720px";
    document.body.replaceChildren(video);
    Object.assign(view, { socket, peer, video, control: null, frames: 0 });
    const say = (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    };
    let attachment = 0;
    socket.onopen = () => {
      told.hello = performance.now();
      say({ type: "hello", protocol: 1, token: view.opened.token, codecs: ["H264", "VP8"] });
    };
    socket.onmessage = async ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "offer") {
        told.offer ??= performance.now();
        attachment = message.attachment;
        await peer.setRemoteDescription({ type: "offer", sdp: message.sdp });
        await peer.setLocalDescription(await peer.createAnswer());
        say({ type: "answer", attachment, sdp: peer.localDescription.sdp });
      } else if (message.type === "candidate") {
        if (message.candidate.candidate) await peer.addIceCandidate(message.candidate);
      } else if (message.type === "problem") {
        console.error(data);
      }
    };
    peer.onicecandidate = ({ candidate }) => {
      const c = candidate ?? { candidate: "" };
      const { sdpMid = null, sdpMLineIndex = null } = c;
      say({
        type: "candidate",
        attachment,
        candidate: { candidate: c.candidate, sdpMid, sdpMLineIndex },
      });
    };
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "connected") told.connected ??= performance.now();
    };
    peer.ondatachannel = ({ channel }) => {
      if (channel.label === "control") view.control = channel;
    };
    peer.ontrack = ({ receiver, track }) => {
      receiver.jitterBufferTarget = 0;
      video.srcObject = new MediaStream([track]);
    };
    view.beats = setInterval(() => say({ type: "heartbeat", n: ++n }), 5000);
    view.pings = setInterval(() => {
      if (view.control?.readyState === "open")
        view.control.send(JSON.stringify({ type: "ping", n: ++n }));
    }, 500);
    const onFrame = (now) => {
      if (view.video !== video) return;
      if (++view.frames === 1) resolve(stepsOf(told));
      if (view.recording) view.times.push(now);
      settle(video);
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  });
}

function stepsOf(told) {
  const since = (at) => at - told.hello;
  return {
    asked: told.hello - view.asked,
    offer: since(told.offer),
    connected: since(told.connected),
    picture: since(performance.now()),
  };
}

/** Whether the picture shows what a trial waits for. */
function settle(video) {
  const waiting = view.waiting;
  if (!waiting) return;
  ink.drawImage(video, 4, 4, 8, 8, 0, 0, 8, 8);
  const white = ink.getImageData(4, 4, 1, 1).data[0] > 128;
  if (white === waiting.white) {
    view.waiting = null;
    waiting.done(performance.now() - waiting.sent);
  }
}

function trial(white) {
  return new Promise((resolve) => {
    const waiting = { white, sent: performance.now(), done: resolve };
    view.waiting = waiting;
    const key = white ? "1" : "0";
    view.control.send(JSON.stringify({ type: "key_down", code: `Digit${key}`, key }));
    setTimeout(() => {
      if (view.waiting === waiting) view.waiting = null;
      resolve(-1);
    }, 1000);
  });
}

async function trials(count) {
  const took = [];
  for (let number = 0; number < count; number++) {
    took.push(await trial(number % 2 === 0));
    await new Promise((go) => setTimeout(go, 60 + Math.random() * 70));
  }
  return took;
}

async function reception() {
  for (const entry of (await view.peer.getStats()).values()) {
    if (entry.type === "inbound-rtp" && entry.kind === "video") {
      const { framesReceived, framesDecoded, framesDropped, bytesReceived, codecId } = entry;
      const { freezeCount, frameWidth } = entry;
      const codec = (await view.peer.getStats()).get(codecId)?.mimeType ?? "";
      return {
        framesReceived,
        framesDecoded,
        framesDropped,
        bytesReceived,
        freezeCount,
        frameWidth,
        codec,
      };
    }
  }
  return null;
}

function record(on) {
  view.recording = on;
  const times = view.times;
  view.times = [];
  return times;
}

function hangUp() {
  clearInterval(view.beats);
  clearInterval(view.pings);
  view.peer?.close();
  view.socket?.close();
  view.video = null;
}

async function endSession() {
  view.socket.send(JSON.stringify({ type: "bye", code: 1000 }));
  await new Promise((closed) => {
    view.socket.onclose = closed;
    setTimeout(closed, 2000);
  });
  hangUp();
}

Object.assign(globalThis, { openSession, connect, trials, reception, record, endSession });
