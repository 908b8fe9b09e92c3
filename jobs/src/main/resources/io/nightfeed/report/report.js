(function () {
  'use strict';
  var options = JSON.parse(document.getElementById('chart-options').textContent);
  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  var palette = ['#3b82c4', '#e0823d', '#5aa469', '#8b6bb1', '#c75c7a', '#6b8fa3'];
  var charts = [];

  function draw() {
    charts.forEach(function (chart) { chart.dispose(); });
    charts = [];
    Object.keys(options).forEach(function (id) {
      var element = document.getElementById('chart-' + id);
      var chart = echarts.init(element, dark.matches ? 'dark' : null, { renderer: 'svg' });
      chart.setOption({ backgroundColor: 'transparent', color: palette });
      chart.setOption(options[id]);
      charts.push(chart);
    });
  }

  draw();
  dark.addEventListener('change', draw);
  window.addEventListener('resize', function () {
    charts.forEach(function (chart) { chart.resize(); });
  });
})();
