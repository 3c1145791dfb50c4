// The comparison as a picture: drawn anew on a canvas, and saved as PNG.

const WIDTH = 1600;
const HEIGHT = 900;
const LEFT = 110;
const RIGHT = 40;
const TOP = 40;
const LINES = 4; // of the grid
const TICKS = 12; // labels of years, at most
const COLOURS = ["#9c3a24", "#1f5c99", "#2f7d4f", "#7a4fa3", "#8a6d1a"];
const DASHES = [[], [14, 6], [4, 6], [18, 6, 4, 6], [8, 4]];

export function enablePicture(link) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain-link";
  button.textContent = "PNG";
  link.after(" ", button);
  button.addEventListener("click", async () => {
    const response = await fetch(link.href).catch(() => null);
    if (!response?.ok) return;
    const canvas = drawn(await response.json(), link.dataset.unit === "share");
    canvas.toBlob((blob) => {
      const saved = document.createElement("a");
      saved.href = URL.createObjectURL(blob);
      saved.download = "biwen-trends.png";
      saved.click();
      setTimeout(() => URL.revokeObjectURL(saved.href), 60_000);
    }, "image/png");
  });
}

function drawn({ months, series }, isShare) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  const bottom = HEIGHT - 80 - 34 * series.length;
  const values = series.map((each) => (isShare ? each.shares : each.counts));
  const most = Math.max(...values.flat());
  const greatest = isShare ? most || 1 : Math.max(Math.ceil(most / LINES), 1) * LINES;
  const x = (at) => LEFT + ((at + 0.5) * (WIDTH - LEFT - RIGHT)) / months.length;
  const y = (value) => bottom - (value * (bottom - TOP)) / greatest;

  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.font = "22px sans-serif";
  pen.fillStyle = "#333";
  pen.textAlign = "right";
  for (let line = 0; line <= LINES; line++) {
    const value = (greatest * line) / LINES;
    pen.strokeStyle = "#ccc";
    pen.lineWidth = 1;
    stroke(pen, [[LEFT, y(value)], [WIDTH - RIGHT, y(value)]]);
    pen.fillText(isShare ? `${value.toFixed(2)}%` : Math.round(value), LEFT - 12, y(value) + 8);
  }
  pen.textAlign = "left";
  const years = months.map((month, at) => [month.slice(0, 4), at]);
  const starts = years.filter(([year, at]) => at && year !== years[at - 1][0]);
  const step = Math.ceil(starts.length / TICKS);
  starts.forEach(([year, at], number) => {
    if (number % step === 0) pen.fillText(year, x(at - 0.5), bottom + 32);
  });
  series.forEach((each, number) => {
    const below = bottom + 76 + 34 * number;
    pen.strokeStyle = COLOURS[number];
    pen.lineWidth = 4;
    pen.setLineDash(DASHES[number]);
    stroke(pen, values[number].map((value, at) => [x(at), y(value)]));
    stroke(pen, [[LEFT, below - 8], [LEFT + 60, below - 8]]);
    pen.setLineDash([]);
    pen.fillText(`${each.query} (${each.total})`, LEFT + 76, below);
  });
  return canvas;
}

function stroke(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], number) => (number ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}
