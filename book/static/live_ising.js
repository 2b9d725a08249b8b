/* A live Ising lattice: J = 1, no field, periodic boundaries, heat bath on a checkerboard.
 *
 * The page holds a <div class="live-ising"> with the controls, and a <script type="application/json"
 * class="live-ising-curves"> with the exact curves of the infinite lattice, which the build computes. Nothing else is
 * needed, so that the page works from disk. `LiveIsing.Lattice` is also what the tests run.
 */
(function () {
  "use strict";

  const FRAME_MS = 50; // 20 pictures a second
  const SETTLE = 100; // sweeps after a change that its averages leave out
  const KEPT = 200; // sweeps after which an average stays on the plots as a point

  /* sfc32 by C. Doty-Humphrey: numbers in [0, 1) that a seed fixes. */
  function generator(seed) {
    let a = seed | 0, b = 0x9e3779b9 | 0, c = 0x243f6a88 | 0, d = 1;
    function next() {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + t | 0;
      return (t >>> 0) / 4294967296;
    }
    for (let i = 0; i < 16; i++) next(); // a small seed is mixed
    return next;
  }

  class Lattice {
    /* size must be even, so that the checkerboard closes around the torus. */
    constructor(size, seed) {
      if (size < 4 || size % 2) throw new RangeError("the size must be even and at least 4, not " + size);
      this.size = size;
      this.random = generator(seed);
      this.spins = new Int8Array(size * size).fill(1);
    }

    allUp() {
      this.spins.fill(1);
    }

    shuffle() {
      for (let i = 0; i < this.spins.length; i++) this.spins[i] = this.random() < 0.5 ? 1 : -1;
    }

    /* One heat-bath update of each site, first the black squares and then the white ones. A spin's new value does not
     * depend on its old one: it is up with probability 1 / (1 + exp(-2 h / T)), h the sum of its four neighbours. */
    sweep(temperature) {
      const { size, spins, random } = this;
      const up = [-4, -2, 0, 2, 4].map((h) => 1 / (1 + Math.exp((-2 * h) / temperature)));
      for (let colour = 0; colour < 2; colour++) {
        for (let y = 0; y < size; y++) {
          const row = y * size;
          const above = (y === 0 ? size - 1 : y - 1) * size;
          const below = (y === size - 1 ? 0 : y + 1) * size;
          for (let x = (y + colour) % 2; x < size; x += 2) {
            const left = x === 0 ? size - 1 : x - 1;
            const right = x === size - 1 ? 0 : x + 1;
            const h = spins[above + x] + spins[below + x] + spins[row + left] + spins[row + right];
            spins[row + x] = random() < up[h / 2 + 2] ? 1 : -1;
          }
        }
      }
    }

    /* Energy per site, each bond once. */
    energy() {
      const { size, spins } = this;
      let bonds = 0;
      for (let y = 0; y < size; y++) {
        const row = y * size;
        const below = ((y + 1) % size) * size;
        for (let x = 0; x < size; x++) bonds += spins[row + x] * (spins[below + x] + spins[row + ((x + 1) % size)]);
      }
      return -bonds / (size * size);
    }

    /* Magnetisation per site, with its sign. */
    magnetization() {
      let sum = 0;
      for (let i = 0; i < this.spins.length; i++) sum += this.spins[i];
      return sum / this.spins.length;
    }
  }

  /* The exact value at a temperature, between the tabulated ones on a straight line. */
  function exactAt(curves, name, temperature) {
    const T = curves.T;
    let i = 1;
    while (i < T.length - 1 && T[i] < temperature) i++;
    const part = (temperature - T[i - 1]) / (T[i] - T[i - 1]);
    return curves[name][i - 1] + part * (curves[name][i] - curves[name][i - 1]);
  }

  function start(root, curves) {
    const find = (name) => root.querySelector("[data-live=" + name + "]");
    const slider = find("temperature"), sizes = find("size"), button = find("run");
    const picture = find("lattice"), texts = { energy: find("energy"), magnetization: find("magnetization") };
    const plots = { energy: find("plot-energy"), magnetization: find("plot-magnetization") };
    const still = window.matchMedia("(prefers-reduced-motion: reduce)");
    let lattice, running = !still.matches, visible = true, last = 0, points = [], mean;

    const temperature = () => Number(slider.value);
    const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
    const shown = (value) => value.toFixed(3).replace("-", "\u2212");

    function forget() {
      mean = { sweeps: 0, counted: 0, energy: 0, magnetization: 0 };
    }

    /* Another temperature: what was averaged at the last one stays as a point. */
    function keep(T) {
      if (mean && mean.counted >= KEPT) {
        points.push({ T: T, energy: mean.energy / mean.counted, magnetization: mean.magnetization / mean.counted });
      }
      forget();
    }

    function make(random) {
      lattice = new Lattice(Number(sizes.value), Math.floor(Math.random() * 2 ** 31));
      if (random) lattice.shuffle();
      picture.width = picture.height = lattice.size;
      points = [];
      forget();
      draw();
    }

    function advance() {
      // A frame has about as many site updates at each size, at most 20 sweeps.
      const sweeps = Math.max(1, Math.min(20, Math.round(40000 / lattice.spins.length)));
      for (let i = 0; i < sweeps; i++) {
        lattice.sweep(temperature());
        mean.sweeps += 1;
        if (mean.sweeps > SETTLE) {
          mean.counted += 1;
          mean.energy += lattice.energy();
          mean.magnetization += Math.abs(lattice.magnetization());
        }
      }
    }

    function drawLattice() {
      const context = picture.getContext("2d");
      const image = context.createImageData(lattice.size, lattice.size);
      const pixels = new Uint32Array(image.data.buffer);
      // Bytes are in the order red, green, blue, opacity on every processor that runs a browser today.
      for (let i = 0; i < pixels.length; i++) pixels[i] = lattice.spins[i] > 0 ? 0xffd2e9f3 : 0xff492a1b;
      context.putImageData(image, 0, 0);
    }

    function drawPlot(name, low, high, now) {
      const canvas = plots[name], ratio = window.devicePixelRatio || 1;
      const width = canvas.clientWidth, height = canvas.clientHeight;
      if (!width) return;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      const c = canvas.getContext("2d");
      c.scale(ratio, ratio);
      const T = curves.T, first = T[0], span = T[T.length - 1] - T[0];
      const left = 42, right = 8, top = 8, bottom = 30;
      const x = (t) => left + ((t - first) / span) * (width - left - right);
      const y = (v) => height - bottom - ((v - low) / (high - low)) * (height - top - bottom);
      const ink = colour("--live-ink"), accent = colour("--live-accent");
      c.font = "12px sans-serif";
      c.fillStyle = c.strokeStyle = ink;
      c.lineWidth = 1;
      c.strokeRect(left, top, width - left - right, height - top - bottom);
      c.textAlign = "center";
      for (let t = Math.ceil(first); t <= first + span; t++) c.fillText(String(t), x(t), height - bottom + 14);
      c.fillText("temperature T", left + (width - left - right) / 2, height - 3);
      c.textAlign = "right";
      for (const v of [low, (low + high) / 2, high]) c.fillText(String(v).replace("-", "\u2212"), left - 4, y(v) + 4);
      c.setLineDash([4, 4]);
      c.beginPath();
      c.moveTo(x(curves.critical), top);
      c.lineTo(x(curves.critical), height - bottom);
      c.stroke();
      c.setLineDash([]);
      c.lineWidth = 1.5;
      c.beginPath();
      T.forEach((t, i) => (i ? c.lineTo(x(t), y(curves[name][i])) : c.moveTo(x(t), y(curves[name][i]))));
      c.stroke();
      const dot = (t, v, radius, filled) => {
        c.beginPath();
        c.arc(x(t), y(Math.min(high, Math.max(low, v))), radius, 0, 2 * Math.PI);
        filled ? c.fill() : c.stroke();
      };
      c.strokeStyle = c.fillStyle = accent;
      for (const point of points) dot(point.T, point[name], 4, false);
      dot(temperature(), now, 3, true);
      c.lineWidth = 2;
      if (mean.counted) dot(temperature(), mean[name] / mean.counted, 6, false);
    }

    function draw() {
      const T = temperature(), now = { energy: lattice.energy(), magnetization: Math.abs(lattice.magnetization()) };
      drawLattice();
      drawPlot("energy", -2, 0, now.energy);
      drawPlot("magnetization", 0, 1, now.magnetization);
      find("shown-temperature").textContent = T.toFixed(2);
      slider.setAttribute("aria-valuetext", "T = " + T.toFixed(2));
      for (const name of ["energy", "magnetization"]) {
        const average = mean.counted ? shown(mean[name] / mean.counted) : "settling";
        texts[name].querySelector("[data-now]").textContent = shown(now[name]);
        texts[name].querySelector("[data-mean]").textContent = average;
        texts[name].querySelector("[data-exact]").textContent = shown(exactAt(curves, name, T));
      }
      find("sweeps").textContent = String(mean.counted);
      button.textContent = running ? "Stop" : "Start";
    }

    function tick(time) {
      if (running && visible && time - last >= FRAME_MS) {
        last = time;
        advance();
        draw();
      }
      window.requestAnimationFrame(tick);
    }

    let before = temperature();
    slider.addEventListener("input", () => {
      keep(before);
      before = temperature();
      draw();
    });
    sizes.addEventListener("change", () => make(false));
    button.addEventListener("click", () => {
      running = !running;
      draw();
    });
    find("up").addEventListener("click", () => make(false));
    find("random").addEventListener("click", () => make(true));
    still.addEventListener("change", () => {
      running = running && !still.matches;
      draw();
    });
    new IntersectionObserver((entries) => {
      visible = entries[entries.length - 1].isIntersecting;
      root.dataset.visible = String(visible);
    }).observe(root);
    new ResizeObserver(() => draw()).observe(plots.energy);
    new MutationObserver(() => draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });

    slider.min = curves.T[0];
    slider.max = curves.T[curves.T.length - 1];
    const critical = (curves.critical - slider.min) / (slider.max - slider.min);
    root.style.setProperty("--live-critical", String(critical));
    make(false);
    root.hidden = false;
    draw();
    window.requestAnimationFrame(tick);
  }

  window.LiveIsing = { Lattice, exactAt, start };
  const root = document.querySelector(".live-ising");
  const curves = document.querySelector(".live-ising-curves");
  if (root && curves) start(root, JSON.parse(curves.textContent));
})();
